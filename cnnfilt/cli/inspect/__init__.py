"""What every command can show of a run: values explained, a preview, a script for another tool."""
