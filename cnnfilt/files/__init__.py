"""Images and matrices, in and out, without loss; the one home of Pillow and tifffile.

formats                     the table of formats, a row each: to add one, begin here
signatures, capacity        which format a file has, by its first bytes; what a format can hold
read_write_options          how files are read and written, as asked
image, records              what is passed around: Image and Encoded; Metadata, Timing
streams, pillow             a source opened; Pillow's plugins, and one line for whatever it raises
reading > decode            a file becomes an Image: header, loading (if need be ahead of NumPy's import), arrays
writing > encode            an Image becomes a file: what all formats need, and a module for each
animation, stacks           several images of one file, in and out; as numbers in a .npy or .npz
matrix                      csv, tsv, txt, json, npy, and .npz, for models too
metadata > exif             what comes along: profile, resolution, EXIF
pixels, colours             between Pillow's memory and NumPy's; gray, and colours behind transparency
contact_sheet               pictures in a grid, with captions
network_files > onnx, keras what other programmes keep networks in, read with suspicion, weights left alone
network_input, model_file   images as a network takes them; a trained network in a file
atomic                      a file appears whole or not at all
"""
