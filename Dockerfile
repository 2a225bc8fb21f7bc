# The whole judge in one container: docker build -t judge . && docker run -p 8000:8000 -v judge:/var/lib/judge judge
#
#   /opt/judge            the virtual environment: the judge, its problems, JAX; root's, read-only for everybody else
#   /var/lib/judge        all data: SQLite file, compiled programs, expected values; the one volume
#
# It needs no right that Docker does not give by default, and works with fewer:
#   --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges

FROM python:3.12-slim AS build
ENV UV_PROJECT_ENVIRONMENT=/opt/judge UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never \
    UV_SYSTEM_CERTS=1 NODE_OPTIONS=--use-system-ca
RUN apt-get update && apt-get install -y --no-install-recommends binutils && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir --root-user-action=ignore uv==0.13.9
WORKDIR /src
COPY pyproject.toml uv.lock ./
# Checkpoints can't be written in a box, so what only they need (100 MB) stays out.
RUN uv sync --frozen --no-dev --no-install-project --no-cache \
      --no-install-package orbax-checkpoint --no-install-package orbax-export --no-install-package tensorstore \
 # a third of XLA's library, and three quarters of uvloop's, are names for a debugger
 && strip --strip-unneeded /opt/judge/lib/python3.12/site-packages/jaxlib/libjax_common.so \
      /opt/judge/lib/python3.12/site-packages/uvloop/loop.*.so \
 && find /opt/judge -depth -type d -name tests -exec rm -rf {} +
COPY README.md LICENSE CHANGELOG.md CONTRIBUTING.md SECURITY.md ./
COPY docs docs
COPY judge judge
COPY problems problems
COPY submissions submissions
COPY tests/attacks tests/attacks
RUN uv sync --frozen --no-dev --no-editable --no-cache --inexact \
      --no-install-package orbax-checkpoint --no-install-package orbax-export --no-install-package tensorstore

FROM python:3.12-slim
RUN apt-get update && apt-get install -y --no-install-recommends libseccomp2 && rm -rf /var/lib/apt/lists/* /var/cache/apt \
 && rm -rf /usr/local/lib/python3.12/site-packages/* /usr/local/lib/python3.12/ensurepip /usr/local/bin/pip* \
 # an unusual number: a limit of a user's threads counts those of all containers and of the host
 && useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin judge \
 && install -d -o judge -g judge -m 0700 /var/lib/judge
COPY --from=build /opt/judge /opt/judge
ENV PATH=/opt/judge/bin:$PATH PYTHONUNBUFFERED=1 JUDGE_HOST=0.0.0.0 JUDGE_ACCESS=open JUDGE_DATA=/var/lib/judge
USER 10001
VOLUME /var/lib/judge
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s CMD ["python", "-c", \
  "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('JUDGE_PORT', '8000') + '/readyz')"]
ENTRYPOINT ["judge"]
CMD ["serve"]
