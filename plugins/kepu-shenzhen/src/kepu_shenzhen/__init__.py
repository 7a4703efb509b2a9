"""Shenzhen's districts (深圳全域科普): the model of a city plugin, made to be copied."""
