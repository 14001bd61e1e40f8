# The Airflow image: Airflow, its pinned requirements, this project, and the Snowpark interpreter of another Python.
#   docker build --tag registry.example.com/snowpod-airflow:1.0.0 .
# How, and on what else it can be built (Astronomer's runtime, a plain Python image): docs/image.md.

# The slim one has no provider that requirements.txt does not pin. Both may be named by digest: …/airflow@sha256:…
ARG BASE_IMAGE=docker.io/apache/airflow:slim-3.3.2-python3.11
ARG SNOWPARK_IMAGE=docker.io/library/python:3.12-slim-bookworm

# In /opt/python, as Airflow's own Python may be in /usr/local, where the official Python image has this one. A base with
# Debian's Python has it in /usr/bin, and then so must BASE_IMAGE.
FROM ${SNOWPARK_IMAGE} AS snowpark
USER root
COPY include/runtime/requirements.txt /tmp/requirements.txt
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf --mount=type=secret,id=ca.pem,target=/run/secrets/ca.pem \
    mkdir /opt/python && if [ -x /usr/local/bin/python3 ]; then cp -a /usr/local/. /opt/python/; fi \
 && PATH=/opt/python/bin:/usr/bin:/bin python3 -m venv /opt/snowpark \
 && /opt/snowpark/bin/pip install --no-cache-dir --no-compile --disable-pip-version-check --only-binary=:all: \
      --requirement /tmp/requirements.txt \
 && cd /opt/snowpark/lib/python3*/site-packages \
 && rm -rf pip pip-* pyarrow/include /opt/snowpark/bin/pip* \
 && find . -type d -name tests -prune -exec rm -rf {} + \
 && find /opt/python -name __pycache__ -prune -exec rm -rf {} + \
 && /opt/snowpark/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/snowpark /opt/python

# The system: its packages, user 50000 of group 0, and folders that this group can write, whatever the user's number is.
# `astro` and /usr/local/airflow are the names by which the Astro CLI knows them.
FROM ${BASE_IMAGE} AS system
ARG AIRFLOW_HOME=/opt/airflow
USER root
COPY packages.txt /opt/snowpod/packages.txt
RUN packages=$(sed 's|#.*||' /opt/snowpod/packages.txt | xargs); \
    if [ -n "$packages" ] && ! dpkg --status $packages >/dev/null 2>&1; then \
      apt-get update && apt-get install --yes --no-install-recommends $packages && rm -rf /var/lib/apt/lists/* /var/log/*; \
    fi
COPY include/deploy/image /opt/snowpod/bin
RUN set -eu; \
    getent passwd 50000 >/dev/null || useradd --no-log-init --uid 50000 --gid 0 --home-dir /home/airflow --create-home airflow; \
    getent passwd astro >/dev/null || useradd --no-log-init --non-unique --uid 50000 --gid 0 --home-dir /home/airflow astro; \
    command -v airflow >/dev/null || { python3 -m venv /opt/venv; chown -R 50000:0 /opt/venv; }; \
    [ -e /entrypoint ] || ln -s /opt/snowpod/bin/entrypoint /entrypoint; \
    mkdir -p "$AIRFLOW_HOME/logs"; chown 50000:0 "$AIRFLOW_HOME" "$AIRFLOW_HOME/logs"; chmod g=u "$AIRFLOW_HOME" "$AIRFLOW_HOME/logs" /home/airflow; \
    [ -e /usr/local/airflow ] || ln -s "$AIRFLOW_HOME" /usr/local/airflow; \
    rm -f /var/log/lastlog /var/log/faillog
COPY --from=snowpark /opt/python /opt/python
COPY --from=snowpark /opt/snowpark /opt/snowpark
ENV PATH=/opt/venv/bin:$PATH

# The project, readable by all and written by none, compiled for both interpreters.
FROM system AS project
WORKDIR /project
COPY requirements.txt .
COPY configs configs
COPY schemas schemas
COPY dags dags
COPY include include
RUN rm -rf include/deploy && chmod -R a+rX,go-w . \
 && for python in python3 /opt/snowpark/bin/python; do $python -m compileall -q --invalidation-mode unchecked-hash dags include; done

FROM system
ARG AIRFLOW_HOME=/opt/airflow
# What Airflow needs beside requirements.txt, each a file of include/deploy/requirements.
ARG EXTRAS="postgres celery fab statsd"
COPY requirements.txt include/deploy/requirements/ include/deploy/pins.py /opt/snowpod/requirements/
WORKDIR /opt/snowpod/requirements
USER 50000:0
# All is pinned, so there is nothing to resolve; pins.py says where the base's own constraints differ, and fails the
# build where two files do, where Airflow is not the base's, or where what is installed does not go together.
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf,uid=50000 --mount=type=secret,id=ca.pem,target=/run/secrets/ca.pem,uid=50000 \
    set -eu; files=requirements.txt; \
    for extra in $EXTRAS; do \
      [ -f "$extra.txt" ] || { echo "EXTRAS: there is no $extra, but: $(ls -- *.txt | sed 's/.txt//')" >&2; exit 1; }; \
      files="$files $extra.txt"; \
    done; \
    python -m pins before $files; \
    python -m pip install --no-cache-dir --no-compile --no-deps --disable-pip-version-check --no-warn-script-location \
      $(printf -- '--requirement %s ' $files); \
    python -m compileall -q -j 0 --invalidation-mode unchecked-hash "$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"; \
    python -m pins after $files
COPY --from=project /project $AIRFLOW_HOME
WORKDIR $AIRFLOW_HOME
ENV PYTHONPATH=$AIRFLOW_HOME \
    PYTHONUNBUFFERED=1 \
    AIRFLOW_HOME=$AIRFLOW_HOME \
    AIRFLOW__CORE__DAGS_FOLDER=$AIRFLOW_HOME/dags \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    AIRFLOW__CORE__PLUGINS_FOLDER=$AIRFLOW_HOME/include/plugins \
    AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL=60 \
    AIRFLOW__DAG_FACTORY__ENABLE_TELEMETRY=False \
    SNOWPARK_PYTHON=/opt/snowpark/bin/python \
    SNOWPOD_ENVIRONMENT=production
# The Astro CLI takes an image without it for Airflow 2. On Astronomer's runtime: the runtime's own version.
ARG ASTRO_VERSION=3.3-2
LABEL org.opencontainers.image.title="snowpod-airflow" io.astronomer.docker.runtime.version=$ASTRO_VERSION
HEALTHCHECK --interval=30s --timeout=30s --start-period=90s --retries=5 CMD ["/opt/snowpod/bin/healthy"]
ENTRYPOINT ["/opt/snowpod/bin/start"]
CMD ["airflow", "version"]
