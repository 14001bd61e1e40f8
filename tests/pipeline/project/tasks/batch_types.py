"""A function over batches that tells what it gets. Its name is also that of a function of Snowflake's own."""

import json


def year(batch):
    value = {
        name: [str(column.dtype), repr(column.iloc[0].item() if hasattr(column.iloc[0], "item") else column.iloc[0])]
        for name, column in batch.items()
    }
    return [json.dumps(value)] * len(batch)
