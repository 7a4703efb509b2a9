"""A kepu workspace in SQLite, through SQLAlchemy: see :mod:`kepu_sql.store`. Importing this loads no SQLAlchemy."""
