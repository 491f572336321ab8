"""notehead: from a music score to exactly annotated pages, and from pages to their symbols."""
