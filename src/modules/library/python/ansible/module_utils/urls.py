"""Requests over HTTP with what Python brings."""
import base64
import json
import socket
import ssl
import urllib.error
import urllib.parse
import urllib.request

ConnectionError = OSError
NoSSLError = ImportError
SSLValidationError = ssl.SSLError


def url_argument_spec():
    return {
        'url': {'type': 'str'},
        'force': {'type': 'bool', 'default': False},
        'http_agent': {'type': 'str', 'default': 'ansible-httpget'},
        'use_proxy': {'type': 'bool', 'default': True},
        'validate_certs': {'type': 'bool', 'default': True},
        'url_username': {'type': 'str'},
        'url_password': {'type': 'str', 'no_log': True},
        'force_basic_auth': {'type': 'bool', 'default': False},
        'client_cert': {'type': 'path'},
        'client_key': {'type': 'path'},
    }


def _context(validate_certs, ca_path, client_cert, client_key):
    context = ssl.create_default_context(cafile=ca_path)
    if not validate_certs:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if client_cert:
        context.load_cert_chain(client_cert, keyfile=client_key)
    return context


def basic_auth_header(username, password):
    pair = ('%s:%s' % (username or '', password or '')).encode('utf-8')
    return b'Basic ' + base64.b64encode(pair)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req, fp, code, msg, headers, newurl):
        return None


def open_url(url, data=None, headers=None, method=None, use_proxy=True, force=False, last_mod_time=None,
             timeout=10, validate_certs=True, url_username=None, url_password=None, http_agent=None,
             force_basic_auth=False, follow_redirects='urllib2', client_cert=None, client_key=None,
             cookies=None, use_gssapi=False, unix_socket=None, ca_path=None, **_other):
    if use_gssapi or unix_socket:
        raise ValueError('neither GSSAPI nor sockets of the file system are supported')
    parts = urllib.parse.urlsplit(url)
    if parts.username:
        url_username, url_password = url_username or parts.username, url_password or parts.password
        netloc = parts.hostname if parts.port is None else '%s:%d' % (parts.hostname, parts.port)
        url = urllib.parse.urlunsplit(parts._replace(netloc=netloc))
    handlers = [urllib.request.HTTPSHandler(context=_context(validate_certs, ca_path, client_cert, client_key))]
    if not use_proxy:
        handlers.append(urllib.request.ProxyHandler({}))
    if follow_redirects in ('none', False, 'no'):
        handlers.append(_NoRedirects())
    if cookies is not None:
        handlers.append(urllib.request.HTTPCookieProcessor(cookies))
    if url_username and not force_basic_auth:
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, url, url_username, url_password or '')
        handlers += [urllib.request.HTTPBasicAuthHandler(passwords), urllib.request.HTTPDigestAuthHandler(passwords)]
    body = data.encode('utf-8') if isinstance(data, str) else data
    request = urllib.request.Request(url, data=body, method=method.upper() if method else None)
    if http_agent:
        request.add_header('User-agent', http_agent)
    if url_username and force_basic_auth:
        request.add_header('Authorization', basic_auth_header(url_username, url_password).decode('ascii'))
    if force:
        request.add_header('cache-control', 'no-cache')
    elif last_mod_time:
        request.add_header('If-Modified-Since', last_mod_time.strftime('%a, %d %b %Y %H:%M:%S GMT'))
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    return urllib.request.build_opener(*handlers).open(request, None, timeout)


def fetch_url(module, url, data=None, headers=None, method=None, use_proxy=None, force=False, last_mod_time=None,
              timeout=10, use_gssapi=False, unix_socket=None, ca_path=None, cookies=None, **_other):
    params = module.params
    info = {'url': url, 'status': -1}
    response = None
    try:
        response = open_url(
            url, data=data, headers=headers, method=method, force=force, last_mod_time=last_mod_time,
            use_proxy=params.get('use_proxy', True) if use_proxy is None else use_proxy, timeout=timeout,
            validate_certs=params.get('validate_certs', True), url_username=params.get('url_username') or '',
            url_password=params.get('url_password') or '', http_agent=params.get('http_agent', 'ansible-httpget'),
            force_basic_auth=params.get('force_basic_auth', False),
            follow_redirects=params.get('follow_redirects', 'urllib2'), client_cert=params.get('client_cert'),
            client_key=params.get('client_key'), cookies=cookies, use_gssapi=use_gssapi,
            unix_socket=unix_socket, ca_path=ca_path)
        info.update({name.lower(): value for name, value in response.info().items()})
        info.update(msg='OK (%s bytes)' % response.headers.get('Content-Length', 'unknown'),
                    url=response.geturl(), status=response.getcode())
    except urllib.error.HTTPError as error:
        info.update({name.lower(): value for name, value in error.info().items()})
        info.update(msg=str(error), body=error.read(), status=error.code)
        response = error
    except (urllib.error.URLError, socket.timeout, OSError) as error:
        info['msg'] = 'Request failed: %s' % (error,)
    except ValueError as error:
        info['msg'] = str(error)
    return response, info


def fetch_file(module, url, data=None, headers=None, method=None, use_proxy=True, force=False, last_mod_time=None,
               timeout=10, unredirected_headers=None, decompress=True, ciphers=None):
    import os
    import tempfile
    response, info = fetch_url(module, url, data, headers, method, use_proxy, force, last_mod_time, timeout)
    if response is None or info['status'] >= 400:
        module.fail_json(msg='%s: %s' % (url, info['msg']))
    descriptor, name = tempfile.mkstemp(dir=module.tmpdir)
    module.add_cleanup_file(name)
    with os.fdopen(descriptor, 'wb') as target:
        for block in iter(lambda: response.read(65536), b''):
            target.write(block)
    return name


def json_body(response):
    return json.loads(response.read().decode('utf-8'))
