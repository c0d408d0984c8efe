//! The files of the chapter on deploying: nginx takes its configuration, and clients get through.

use std::{fs, net::TcpListener as Port, path::PathBuf, process::Stdio};

use hobnob::prelude::*;
use tests::{Client as Browser, deadline};
use tokio::{
    net::TcpStream,
    process::{Child, Command},
};

struct Echo;

#[namespace("/echo")]
impl Echo {
    fn on_echo(&self, text: String) -> String {
        text
    }
}

/// A folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// The configuration of the book, in one that nginx can be started with by anybody.
fn configuration(site: &str) -> String {
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary: String = temporary
        .map(|kind| format!("{kind}_temp_path {kind};"))
        .concat();
    format!(
        "daemon off; master_process off; pid nginx.pid; error_log stderr;\n\
         events {{}}\n\
         http {{ access_log off; {temporary}\n{site}\n}}\n"
    )
}

fn nginx(folder: &PathBuf, site: &str) -> Command {
    fs::write(folder.join("nginx.conf"), configuration(site)).expect("written");
    let mut command = Command::new("nginx");
    command.arg("-p").arg(folder).args(["-c", "nginx.conf"]);
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

fn book() -> String {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../book/src/deploying/nginx.conf"
    );
    fs::read_to_string(path).expect("the file of the book")
}

fn free_port() -> u16 {
    let port = Port::bind("127.0.0.1:0").and_then(|port| port.local_addr());
    port.expect("a port").port()
}

#[tokio::test]
#[ignore = "needs nginx and openssl"]
async fn nginx_takes_the_configuration_of_the_book() {
    let folder = folder("nginx-configuration");
    let certificate = Command::new("openssl")
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
        ])
        .args(["-subj", "/CN=chat.example.com", "-keyout", "key.pem"])
        .args(["-out", "certificate.pem"])
        .current_dir(&folder)
        .output();
    let certificate = deadline("a certificate", certificate).await;
    assert!(certificate.expect("openssl starts").status.success());
    let site = book()
        .replace(
            "/etc/letsencrypt/live/chat.example.com/fullchain.pem",
            "certificate.pem",
        )
        .replace(
            "/etc/letsencrypt/live/chat.example.com/privkey.pem",
            "key.pem",
        );
    let checked = nginx(&folder, &site).arg("-t").output();
    let checked = deadline("the check", checked).await.expect("nginx starts");
    assert!(checked.status.success(), "{checked:?}");
}

/// The site without its certificate, on a port of this machine.
async fn start(folder: &PathBuf, server: &str) -> (Child, u16) {
    let (port, other) = (free_port(), free_port());
    let site = book()
        .replace("listen 443 ssl;", &format!("listen 127.0.0.1:{port};"))
        .replace("listen 80;", &format!("listen 127.0.0.1:{other};"))
        .replace("server 127.0.0.1:5000;", &format!("server {server};"));
    let without = |line: &&str| !line.trim().starts_with("ssl_");
    let site: Vec<_> = site.lines().filter(without).collect();
    let child = nginx(folder, &site.join("\n")).spawn();
    let listening = async {
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    deadline("nginx listens", listening).await;
    (child.expect("nginx starts"), port)
}

#[tokio::test]
#[ignore = "needs nginx and openssl"]
async fn clients_get_through_nginx_on_both_transports() -> Result {
    let socketio = SocketIo::builder().namespace(Echo).build().await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let server = listener.local_addr()?.to_string();
    tokio::spawn({
        let socketio = socketio.clone();
        async move { socketio.serve_on(listener, axum::Router::new()).await }
    });
    let (_nginx, port) = start(&folder("nginx-site"), &server).await;
    let address = format!("127.0.0.1:{port}").parse()?;
    let origin = format!("http://127.0.0.1:{port}");

    let anna = Browser::websocket(address).origin(&origin);
    let anna = anna.connect("/echo", None).await;
    assert_eq!(anna.call("echo", ("tea",)).await.only(), "tea");

    let connection = Browser::polling(address).origin(&origin).open().await;
    let bert = connection.connect("/echo", None).await.expect("let in");
    assert_eq!(bert.call("echo", ("coffee",)).await.only(), "coffee");
    connection.upgrade().await;
    assert_eq!(bert.call("echo", ("more",)).await.only(), "more");

    let elsewhere = Browser::polling(address).origin("http://elsewhere.example");
    let refused = elsewhere.try_open().await.expect_err("of another origin");
    assert!(
        refused.body.contains("Not an accepted origin."),
        "{refused:?}"
    );
    socketio.shutdown().await;
    Ok(())
}
