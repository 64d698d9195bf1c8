"""The operators of networks from files, carried out: a plain function on arrays for each, one subject a module.

Arrays have the axes that the file says, (N, C, H, W), so that what it says of axes holds as it stands; in memory their
channels lie last wherever an operator can choose, and NumPy's strides keep the two apart.
"""
