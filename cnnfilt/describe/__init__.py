"""What is asked for, in words and whole numbers: no NumPy.

window > windows            where windows fall along one axis, and along both: every size comes from here
operations                  one description of each operation: convolution, pooling, padding, edges
edge_methods                the methods of edges: their kernels, and what each of them takes
kernels > named_kernels     kernels as people write them; those with names
chain > words > layers       a network in words, the table of these, and what each layer makes of its input
reach                       which pixels of a network's input a value depends on
named_models                well-known networks
graphs                      networks as files hold them: what each of ONNX's operators and Keras' layers makes of sizes
solving, coverage           from a size back to what gives it; how often each pixel is read
"""
