"""Raises an exception that is none of ``Exception``, as frameworks do to stop a task."""


class Stopped(BaseException):
    """Not to be caught by accident."""


raise Stopped("no event loop")
