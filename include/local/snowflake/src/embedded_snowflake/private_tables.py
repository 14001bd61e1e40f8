"""What fakesnow calls the tables that it keeps out of users' sight, and those that this server keeps beside them.

Those of a database are in a schema of that name in each database, see `names.private_table`; the others are in one
database for all.
"""

GLOBAL_DATABASE = "_fs_global"
SCHEMA = "_fs_information_schema"
_GLOBAL = f"{GLOBAL_DATABASE}.{SCHEMA}"

# fakesnow's, for all databases
STAGES = f"{_GLOBAL}._fs_stages"
FILE_FORMATS = f"{_GLOBAL}._fs_file_formats"
TABLE_COMMENTS = f"{_GLOBAL}._fs_tables_ext"
# Ours, for all databases
STAGE_FORMATS = f"{_GLOBAL}.stage_formats"
DIRECTORY_FILES = f"{_GLOBAL}.directory_files"
# fakesnow's, of each database
COLUMNS = "_fs_columns"
LOAD_HISTORY = "_fs_load_history"

SEQUENCE_PREFIX = "_FS_SEQ_"  # of the sequences that fakesnow makes for AUTOINCREMENT
