"""`cnnfilt shape`.

command                     the options, and the short answer: one size
sizes, demands              the size of the input, typed or an image's; what has to come out
answers                     what can be asked for, and what an answer holds
report                      the long answers: a table or JSON, or
formulas, coverage_map      how each size comes about, and how often each pixel is read
models                      --model, --list-models
solve                       --solve
"""
