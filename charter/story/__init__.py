"""The example alliance, told through the services, tasks and statecharts with a clock one moves by hand.

cast       who they are and what they say: fictional, on the facts of real alliances around access to employment
world      a place to tell it: people who act, time that passes, an outbox that is delivered
chapters   one function a stage
telling    `charte story`: the whole of it, and the files it leaves
example    `charte example load`: what `make run` shows
"""
