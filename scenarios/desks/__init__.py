"""One module per department: each function is one request, over the gateway or in one process alike."""
