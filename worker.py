"""`celery -A worker worker|beat`: makes the engine, exposes its Celery, nothing else."""

from charter.adapters import outbox, queue
from charter.config import load
from charter.logs import configure
from charter.rooms import load_tasks
from charter.work import Engine

settings = load()
configure(settings)
engine = Engine(settings)
app = queue.make_queue(engine, load_tasks())
outbox.nudge_through(queue.nudger(app))
