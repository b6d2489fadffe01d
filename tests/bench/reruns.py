"""placeholder"""


def main(sizes, seconds): ...
