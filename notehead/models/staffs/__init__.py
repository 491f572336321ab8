"""Networks that read a staff from left to right: an image in, a row of tokens out."""
