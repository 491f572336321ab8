"""One training by several processes: each learns from its share of every batch, and all remain alike.

`work.py` says what a worker does, `team.py` how workers add up what they have learnt, `local.py` starts them
on this machine, `cluster.py` on a Ray cluster, `together.py` starts them anew where one is lost.
"""
