"""What several formats need: XML from strangers, names of files, images and symbols inside of other files."""
