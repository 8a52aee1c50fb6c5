EDITABLE = ("title", "summary", "due_on")


class TaskStore:
    def __init__(self, pool):
        self.pool = pool

    async def update(self, task_id, changes):
        names = [name for name in EDITABLE if name in changes]
        if not names:
            return None
        assignments = ", ".join(f"{name} = ${i}" for i, name in enumerate(names, start=2))
        return await self.pool.execute(
            f"UPDATE tasks SET {assignments} WHERE id = $1",
            task_id,
            *(changes[name] for name in names),
        )

    async def remove(self, task_id):
        status = await self.pool.execute("DELETE FROM tasks WHERE id = $1", task_id)
        print(f"delete of task {task_id} from store: {status}")
        return status.endswith(" 1")
