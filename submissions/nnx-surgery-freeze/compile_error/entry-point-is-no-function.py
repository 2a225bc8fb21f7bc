freeze_first_dense = [1.0, 2.0, 2.0]
