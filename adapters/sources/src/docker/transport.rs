//! The only way to an engine: GET and HEAD, to the endpoints listed here. Anything else is refused before a socket
//! is opened. Listed by method *and* path: `GET /containers/{id}/attach/ws` would give stdin, `…/export`,
//! `…/archive` and `/images/get` give away files.

use std::path::PathBuf;
use std::str::FromStr;

use bollard::BollardRequest;
use bollard::errors::Error;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::{Method, Request, Response, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use hyperlocal::UnixConnector;

/// The largest answer read, in bytes: 10,000 containers list in about 15 MiB.
const ANSWER_MAX: usize = 64 * 1024 * 1024;

/// Where an engine listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    Unix(PathBuf),
    /// `host:port`, without TLS.
    Tcp(String),
}

/// A `DOCKER_HOST` that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("`{0}` is not an address of an engine; use unix:///path/to/docker.sock or tcp://host:2375")]
    Unknown(String),
    #[error("{0} is not served by this version; use unix:///path/to/docker.sock or tcp://host:2375")]
    Unserved(&'static str),
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let unknown = || AddressError::Unknown(text.chars().take(80).collect());
        let (scheme, rest) = text.split_once("://").ok_or_else(unknown)?;
        match scheme {
            "unix" if rest.starts_with('/') => Ok(Self::Unix(rest.into())),
            "tcp" | "http" => {
                let rest = rest.trim_end_matches('/');
                let (host, port) = rest.rsplit_once(':').unwrap_or((rest, "2375"));
                let plain = !host.is_empty()
                    && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._[]:".contains(&b));
                match port.parse::<u16>() {
                    Ok(port) if plain => Ok(Self::Tcp(format!("{host}:{port}"))),
                    _ => Err(unknown()),
                }
            }
            "ssh" => Err(AddressError::Unserved("an engine over ssh://")),
            "https" => Err(AddressError::Unserved("an engine over TLS")),
            "npipe" => Err(AddressError::Unserved("a Windows named pipe")),
            _ => Err(unknown()),
        }
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix://{}", path.display()),
            Self::Tcp(authority) => write!(f, "tcp://{authority}"),
        }
    }
}

/// Whether a request may be sent. `path` is the path alone, with or without the `/v1.xx` prefix.
pub fn is_allowed(method: &Method, path: &str) -> bool {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return false;
    }
    let path = without_version(path);
    if matches!(path, "/_ping" | "/version" | "/info" | "/events" | "/system/df" | "/containers/json") {
        return true;
    }
    let Some((id, leaf)) = path.strip_prefix("/containers/").and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    let hex = id.len() == 64 && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    hex && matches!(leaf, "json" | "logs" | "stats")
}

fn without_version(path: &str) -> &str {
    let Some(rest) = path.strip_prefix("/v") else { return path };
    let Some(slash) = rest.find('/') else { return path };
    let version = &rest[..slash];
    let numeric = !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if numeric { &rest[slash..] } else { path }
}

/// An answer read whole.
#[derive(Debug)]
pub(super) struct Reply {
    pub status: u16,
    /// The engine's newest API, from the header that every answer carries.
    pub api_version: Option<String>,
    pub body: Bytes,
}

/// Keeps a few connections to one engine.
#[derive(Debug, Clone)]
pub(super) struct Transport {
    address: Address,
    unix: Client<UnixConnector, BoxBody>,
    tcp: Client<HttpConnector, BoxBody>,
}

type BoxBody = http_body_util::combinators::UnsyncBoxBody<Bytes, Box<dyn std::error::Error + Send + Sync>>;

impl Transport {
    pub(super) fn new(address: Address) -> Self {
        let pool = || {
            let mut builder = Client::builder(TokioExecutor::new());
            builder.pool_max_idle_per_host(4);
            builder
        };
        Self { address, unix: pool().build(UnixConnector), tcp: pool().build(HttpConnector::new()) }
    }

    /// What bollard asks for, if it may.
    pub(super) async fn send(&self, request: BollardRequest) -> Result<Response<Incoming>, Error> {
        let (parts, body) = request.into_parts();
        let body = body.map_err(|error| -> Box<dyn std::error::Error + Send + Sync> { error }).boxed_unsync();
        self.dispatch(Request::from_parts(parts, body)).await
    }

    /// A bounded JSON answer, as bytes, with its status.
    pub(super) async fn get(&self, path_and_query: &str) -> Result<Reply, Error> {
        let uri: Uri =
            format!("http://docker{path_and_query}").parse().map_err(|e| refused(format!("{e}")))?;
        let body = Empty::new().map_err(|never| match never {}).boxed_unsync();
        let request = Request::get(uri).header("Host", "docker").body(body)?;
        let answer = self.dispatch(request).await?;
        let status = answer.status().as_u16();
        let header = answer.headers().get("api-version").and_then(|v| v.to_str().ok());
        let api_version = header.map(|v| v.chars().take(16).collect());
        let body = Limited::new(answer.into_body(), ANSWER_MAX).collect().await;
        let body = body.map_err(|e| refused(format!("the answer could not be read whole: {e}")))?;
        Ok(Reply { status, api_version, body: body.to_bytes() })
    }

    async fn dispatch(&self, mut request: Request<BoxBody>) -> Result<Response<Incoming>, Error> {
        let path = request.uri().path();
        if !is_allowed(request.method(), path) || request.headers().contains_key(hyper::header::UPGRADE) {
            return Err(refused(format!(
                "{} {path} is not among the reads that are allowed",
                request.method()
            )));
        }
        let target = request.uri().path_and_query().map_or("/", |p| p.as_str());
        let answer = match &self.address {
            Address::Unix(socket) => {
                *request.uri_mut() = hyperlocal::Uri::new(socket, target).into();
                self.unix.request(request).await
            }
            Address::Tcp(authority) => {
                let uri = format!("http://{authority}{target}").parse::<Uri>();
                *request.uri_mut() = uri.map_err(|e| refused(e.to_string()))?;
                self.tcp.request(request).await
            }
        };
        Ok(answer?)
    }
}

fn refused(why: String) -> Error {
    Error::IOError { err: std::io::Error::new(std::io::ErrorKind::PermissionDenied, why) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "3f5a9c0e1b2d4f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8";

    #[test]
    fn only_the_listed_reads_pass() {
        let get = |path: &str| is_allowed(&Method::GET, path);
        for path in ["/_ping", "/v1.41/version", "/info", "/v1.53/events", "/containers/json", "/system/df"] {
            assert!(get(path), "{path}");
        }
        for leaf in ["json", "logs", "stats"] {
            assert!(get(&format!("/v1.41/containers/{ID}/{leaf}")));
        }
        assert!(is_allowed(&Method::HEAD, "/_ping"));
        for leaf in [
            "archive",
            "export",
            "attach",
            "attach/ws",
            "exec",
            "top",
            "changes",
            "json/../export",
            "",
            "json/",
        ] {
            assert!(!get(&format!("/containers/{ID}/{leaf}")), "{leaf}");
        }
        for path in [
            "/containers/plex/json",
            "/containers/../images/json",
            "/images/get",
            "/images/json",
            "/secrets",
            "/exec/x/json",
            "/v1.41//containers/json",
            "/vx/containers/json",
            "",
            "/",
            "/containers/json/",
            "/session",
            "/grpc",
        ] {
            assert!(!get(path), "{path}");
        }
    }

    #[test]
    fn no_other_method_passes_even_on_a_listed_path() {
        for method in [
            Method::POST,
            Method::PUT,
            Method::DELETE,
            Method::PATCH,
            Method::OPTIONS,
            Method::CONNECT,
            Method::TRACE,
        ] {
            assert!(!is_allowed(&method, "/containers/json"), "{method}");
        }
    }

    #[test]
    fn addresses() {
        assert_eq!("unix:///run/docker.sock".parse(), Ok(Address::Unix("/run/docker.sock".into())));
        assert_eq!("tcp://nas:2375".parse(), Ok(Address::Tcp("nas:2375".into())));
        assert_eq!("tcp://[::1]:2375/".parse(), Ok(Address::Tcp("[::1]:2375".into())));
        for bad in [
            "",
            "docker.sock",
            "unix://relative",
            "tcp://a b:1",
            "tcp://h:99999",
            "tcp://u:p@h:1",
            "ssh://nas",
            "https://nas",
        ] {
            assert!(bad.parse::<Address>().is_err(), "{bad}");
        }
    }
}
