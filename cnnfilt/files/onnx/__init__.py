"""ONNX files, by a reader of our own: the few protobuf messages that say what a network is. No package, no NumPy."""
