from collections import Counter

from bot.sandbox.faults import Fault, Faults

CALL = "POST /comment"


def test_the_script_comes_first_and_then_all_is_well() -> None:
    faults = Faults(script=(Fault.DROP, None, Fault.FAIL))
    assert [faults.draw(CALL) for _ in range(5)] == [Fault.DROP, None, Fault.FAIL, None, None]
    assert faults.drawn == (Fault.DROP, Fault.FAIL)


def test_other_calls_use_up_nothing() -> None:
    faults = Faults(script=(Fault.DROP,))
    assert faults.draw("GET /post") is None
    assert faults.draw(CALL) is Fault.DROP


def test_chances_are_kept_and_repeatable() -> None:
    chances = {Fault.DROP: 0.2, Fault.FAIL: 0.3}
    first, again = Faults(chances=chances, seed=7), Faults(chances=chances, seed=7)
    draws = [first.draw(CALL) for _ in range(2000)]
    counted = Counter(draws)
    assert 300 < counted[Fault.DROP] < 500
    assert 500 < counted[Fault.FAIL] < 700
    assert [again.draw(CALL) for _ in range(2000)] == draws


def test_stop_ends_everything() -> None:
    faults = Faults(script=(Fault.DROP,), chances={Fault.FAIL: 1.0})
    faults.stop()
    assert faults.draw(CALL) is None
