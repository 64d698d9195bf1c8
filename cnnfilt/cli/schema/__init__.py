"""`cnnfilt schema`: what --json prints, as JSON Schema (draft 2020-12), and what each field means.

fields                      how a field is declared: what it holds, what it means, in which unit
images, shape, kernels, diff, learn, net       the records of the commands, a module where the command has one
table                       the schema of each command; `command` prints it
"""
