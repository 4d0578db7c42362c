from search_spaces.task import IMAGENET, Task


def test_the_order_is_that_of_every_count() -> None:
    assert (*Task(num_classes=10, in_channels=1),) == (10, 1)
    assert Task(1000, 3) == IMAGENET
