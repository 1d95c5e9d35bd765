from collections import Counter

from bot.sandbox.faults import Fault, FaultInjector

CALL = "POST /comment"


def test_scripted_faults_come_first_and_then_calls_succeed() -> None:
    faults = FaultInjector(script=(Fault.DROP, None, Fault.FAIL))
    assert [faults.next_fault(CALL) for _ in range(5)] == [Fault.DROP, None, Fault.FAIL, None, None]
    assert faults.injected == (Fault.DROP, Fault.FAIL)


def test_other_calls_do_not_use_up_the_script() -> None:
    faults = FaultInjector(script=(Fault.DROP,))
    assert faults.next_fault("GET /post") is None
    assert faults.next_fault(CALL) is Fault.DROP


def test_random_faults_have_their_probabilities_and_are_repeatable() -> None:
    probabilities = {Fault.DROP: 0.2, Fault.FAIL: 0.3}
    first, second = (
        FaultInjector(probabilities=probabilities, seed=7),
        FaultInjector(probabilities=probabilities, seed=7),
    )
    draws = [first.next_fault(CALL) for _ in range(2000)]
    counted = Counter(draws)
    assert 300 < counted[Fault.DROP] < 500
    assert 500 < counted[Fault.FAIL] < 700
    assert [second.next_fault(CALL) for _ in range(2000)] == draws


def test_stop_ends_all_faults() -> None:
    faults = FaultInjector(script=(Fault.DROP,), probabilities={Fault.FAIL: 1.0})
    faults.stop()
    assert faults.next_fault(CALL) is None
