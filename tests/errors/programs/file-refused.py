"""Write the result into a file."""


def freeze_first_dense(seed, x, y, lr):
    with open("result.txt", "w") as file:
        file.write(str(lr))
    return [0.0, 0.0, 0.0]
