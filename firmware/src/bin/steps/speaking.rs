//! The port.

use core::hint::black_box;

use fejer::port::{
    Command, Key, Receiver, Reply, digest, read_command, read_reply, stuff, write_command,
    write_reply,
};

use crate::device::slice;

pub fn all() {
    let mut buffer = [0; 320];
    let key = Key::new(slice(&mut [7; 32]));
    black_box(key.tag(slice(&mut [1; 40])));
    let command = Command::TakeHead { digest: digest(slice(&mut [2; 90])) };
    let command = if black_box(true) { command } else { Command::Idle };
    let seal = black_box(Some((&key, 9)));
    let body = write_command(black_box(3), &command, seal, slice(&mut buffer));
    let mut receiver = Receiver::<320>::new();
    let mut arrive = |bytes: &[u8]| {
        for &byte in bytes {
            match receiver.take(black_box(byte)) {
                Some(Ok(body)) => answer(black_box(body), &key),
                Some(Err(reason)) => refuse(Reply::Refused(reason)),
                None => {}
            }
        }
    };
    stuff(body.unwrap_or_default(), &mut arrive);
}

fn answer(body: &[u8], key: &Key) {
    match read_command(body) {
        Ok(received) => {
            black_box(received.seal.map(|seal| (seal.is_by(key), seal.counter())));
            black_box(received.command.changes_weights());
            black_box(received.command.waits_for_verdict());
            black_box(received.exchange);
        }
        Err((_, reason)) => refuse(Reply::Refused(reason)),
    }
}

fn refuse(reply: Reply<'_>) {
    let mut buffer = [0; 80];
    let body = write_reply(black_box(3), &black_box(reply), slice(&mut buffer)).unwrap_or_default();
    match read_reply(black_box(body)) {
        Ok((_, Reply::Refused(reason))) | Err(reason) => {
            black_box(reason.word());
        }
        Ok((_, Reply::SelfTest(test))) => {
            black_box(test.passes());
        }
        Ok(_) => {}
    }
}
