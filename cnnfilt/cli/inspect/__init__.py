"""What a command can show of a run: values explained, a preview, a script for another tool, a page.

inspection                  the options, and what is asked of each image
explain                     values written out: explain_sums (convolution, edges), explain_pooling
window_tables               a window as a table, or drawn into the whole small image
walk                        --explain all as an animation for slides: walk_scenes says what each step shows
number_tables               tables of numbers, side by side, on a terminal and elsewhere
preview                     pictures in the terminal
page_option, page           a page for a browser (cnnfilt/page makes it)
emit                        a script that does the same with PyTorch, Keras or OpenCV
"""
