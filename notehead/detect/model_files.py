"""The files of a model, beside `weights.json`."""

PAGE_FILE, SYMBOL_FILE, REFINE_FILE = "page.onnx", "symbol.onnx", "refine.onnx"
FILES = PAGE_FILE, SYMBOL_FILE, REFINE_FILE
"""Pixels to maps, features to symbols, windows to boxes."""
