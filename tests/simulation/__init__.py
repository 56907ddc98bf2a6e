"""The machine that tries to break the product (FAILURES section 9).

One seed is one newsroom's life: supporters give, change, stop and dispute for months of a virtual
clock, at a Stripe of their own in the same process. The life is lived twice: once in calm weather
and once in a storm of faults on calls, events and processes. Afterwards the storm's books must be
the calm ones, to the minor unit, and every invariant must hold.

It lives beside the tests because it may use both the product and the sandbox, which know nothing
of one another. `manage.py simulate` starts it in a process of its own, on a database of its own.
"""
