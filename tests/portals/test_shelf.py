"""What a dashboard shows while its pilot is read anew."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from config.embedded.processes import await_condition
from pilots.models import Pilot
from portals.presenters.pilots.reading import Shelf, read_board
from tests.pilots.factories import make_pilot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pilot():
    return make_pilot(demo=True, state="running")


def shelf_with(board):
    shelf = Shelf()
    shelf._boards[board.pilot.pk] = board
    return shelf


def aged(board, seconds):
    return replace(board, read_at=timezone.now() - timedelta(seconds=seconds))


def test_board_is_offered_while_it_is_read_anew(pilot):
    old = aged(read_board(pilot), 5)
    shelf = shelf_with(old)

    assert shelf.board(pilot) is old
    assert await_condition(lambda: shelf.board(pilot) is not old, within_s=20)
    assert shelf.board(pilot).read_at > old.read_at


def test_board_that_is_too_old_is_waited_for(pilot):
    old = aged(read_board(pilot), 60)

    assert shelf_with(old).board(pilot) is not old


def test_board_of_another_state_is_waited_for(pilot):
    old = aged(read_board(pilot), 1)
    moved = Pilot.objects.get(pk=pilot.pk)
    moved.state = "promoted"

    assert shelf_with(old).board(moved) is not old
