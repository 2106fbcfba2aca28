//! The preview with files that change during a request, and with clients that misbehave.
#![cfg(unix)]

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::server::{Server, read};
use crate::support::{Site, story};

fn site() -> Site {
    let site = Site::empty();
    site.write("content/world/a.md", story("A", "2020-01-01", "", "Seen by all."));
    site.write("static/s.txt", "ok");
    site
}

#[test]
fn a_link_that_replaces_a_file_is_never_followed_out_of_the_site() {
    let site = site();
    let outside = site.root.with_file_name("outside.txt");
    fs::write(&outside, "SECRET").unwrap();
    let server = Server::start(&site, &[]);
    assert_eq!(server.get("/s.txt").text(), "ok");
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let (file, next) = (site.path("static/s.txt"), site.path("static/.next"));
            while !is_over.load(Ordering::Relaxed) {
                symlink(&outside, &next).unwrap();
                fs::rename(&next, &file).unwrap();
                thread::sleep(Duration::from_micros(300));
                fs::write(&next, "ok").unwrap();
                fs::rename(&next, &file).unwrap();
                thread::sleep(Duration::from_micros(300));
            }
        });
        let started = Instant::now();
        let mut served = 0;
        while started.elapsed() < Duration::from_secs(4) {
            let answer = server.get("/s.txt");
            assert!(!answer.text().contains("SECRET"), "{}", answer.text());
            served += usize::from(answer.status == Some(200));
        }
        is_over.store(true, Ordering::Relaxed);
        assert!(served > 0, "nothing was served at all");
    });
}

#[test]
fn a_file_is_sent_completely_even_if_it_is_replaced() {
    let site = site();
    let size = 8 << 20;
    site.write("static/big.bin", vec![b'A'; size]);
    let outside = site.root.with_file_name("outside.bin");
    fs::write(&outside, vec![b'B'; size]).unwrap();
    let server = Server::start(&site, &[]);
    let mut stream = server.connect();
    stream.write_all(server.request("GET", "/big.bin", &["Connection: close"]).as_bytes()).unwrap();
    // A part of the file has been sent by now.
    thread::sleep(Duration::from_millis(500));
    site.remove("static/big.bin");
    symlink(&outside, site.path("static/big.bin")).unwrap();
    let answer = read(&mut stream, Duration::from_secs(20));
    assert_eq!(answer.status, Some(200));
    assert!(answer.body.len() == size && answer.body.iter().all(|byte| *byte == b'A'));
}

#[test]
fn connections_without_the_key_do_not_block_those_with_it() {
    let site = site();
    let server = Server::start(&site, &["--lan", "127.0.0.1"]);
    let printed = server.printed();
    let key = printed.split("?key=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let cookie = format!("Cookie: bulletin-key-{}={key}", server.port);
    assert_eq!(server.ask("GET", "/", &[&cookie]).status, Some(200));
    // They send requests in an endless loop and never read the responses.
    let request = server.request("GET", "/", &[]).into_bytes().repeat(2000);
    let flood: Vec<TcpStream> = (0..700)
        .filter_map(|_| {
            let mut stream = TcpStream::connect(("127.0.0.1", server.port)).ok()?;
            stream.set_nonblocking(true).unwrap();
            let _ = stream.write(&request);
            Some(stream)
        })
        .collect();
    assert!(flood.len() > 300, "only {} connections were made", flood.len());
    for _ in 0..5 {
        let asked = Instant::now();
        assert_eq!(server.ask("GET", "/", &[&cookie]).status, Some(200));
        assert!(asked.elapsed() < Duration::from_secs(10));
    }
}

#[test]
fn a_client_that_reads_nothing_is_disconnected() {
    let site = site();
    site.write("static/big.bin", vec![b'A'; 32 << 20]);
    let server = Server::start(&site, &[]);
    let mut stream = server.connect();
    stream.write_all(server.request("GET", "/big.bin", &[]).as_bytes()).unwrap();
    thread::sleep(Duration::from_secs(26));
    let answer = read(&mut stream, Duration::from_secs(10));
    assert!(answer.closed && answer.body.len() < 32 << 20, "{} bytes came", answer.body.len());
}
