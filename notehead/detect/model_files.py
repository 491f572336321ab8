"""The files of a model, beside `weights.json`."""

PAGE_FILE, SYMBOL_FILE, REFINE_FILE, TIPS_FILE = "page.onnx", "symbol.onnx", "refine.onnx", "tips.onnx"
FILES = PAGE_FILE, SYMBOL_FILE, REFINE_FILE, TIPS_FILE
"""Pixels to maps, features to symbols, windows to corrections, of symbols and of the tips of curves."""
