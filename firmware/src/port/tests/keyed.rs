use super::*;

const KEY: [u8; 32] = [7; 32];

#[test]
fn with_a_key_changes_need_a_seal_that_rises_even_over_a_reset() {
    let mut bytes = erased();
    let sent = with(&mut bytes, Some(&KEY), |host| {
        let before = host.state(&Command::Status).expect("reading needs no seal");
        let mut buffer = [0; BODY];
        let bare = write_command(1, &Command::Idle, None, &mut buffer).expect("room").to_vec();
        host.raw(&bare, |reply| assert_eq!(reply, Reply::Refused(Reason::SealMissing)));
        let other = Key::new(&[8; 32]);
        let forged = write_command(1, &Command::Idle, Some((&other, 5)), &mut buffer);
        let forged = forged.expect("room").to_vec();
        host.raw(&forged, |reply| assert_eq!(reply, Reply::Refused(Reason::Seal)));
        assert_eq!(host.state(&Command::Status), Ok(before));
        let window = host.predict(1);
        let sent = host.body(&Command::Label { window, class: 1 });
        host.raw(&sent, |reply| assert!(matches!(reply, Reply::State(_))));
        host.raw(&sent, |reply| {
            assert_eq!(reply, Reply::Refused(Reason::Counter { above: 1 }));
        });
        // A refused command uses its counter up too.
        let refused = host.body(&Command::Label { window: 3, class: 1 });
        host.raw(&refused, |reply| assert_eq!(reply, Reply::Refused(Reason::Window)));
        refused
    });
    with(&mut bytes, Some(&KEY), |host| {
        host.predict(1);
        host.raw(&sent, |reply| {
            assert_eq!(reply, Reply::Refused(Reason::Counter { above: 1 + RESERVE }));
        });
        host.counter = 1 + RESERVE;
        let reset = host.state(&Command::FactoryReset).expect("reset");
        assert_eq!(reset.counter, 2 + RESERVE);
    });
    with(&mut bytes, Some(&KEY), |host| {
        host.raw(&sent, |reply| {
            assert_eq!(
                reply,
                Reply::Refused(Reason::Counter { above: 2 + 2 * RESERVE }),
                "after a factory reset"
            );
        });
    });
    with(&mut bytes, None, |host| {
        host.key = Some(Key::new(&KEY));
        assert_eq!(host.state(&Command::Idle), Err(Reason::NoKey));
    });
}

#[test]
fn no_counter_comes_twice_however_many_labels_were_lost_with_the_power() {
    for labels in [1, 3, RESERVE, RESERVE + 1, RESERVE + 2] {
        let mut bytes = erased();
        let sent = with(&mut bytes, Some(&KEY), |host| {
            // Refused, so that nothing but the counter asks for a store.
            let unknown = Command::Label { window: 3, class: 1 };
            let sent: Vec<_> = (0..labels).map(|_| host.body(&unknown)).collect();
            for body in &sent {
                host.raw(body, |reply| assert_eq!(reply, Reply::Refused(Reason::Window)));
            }
            let stores = host.state(&Command::Status).expect("well").stores;
            assert_eq!(stores, labels.div_ceil(RESERVE + 1), "{labels} labels");
            sent
        });
        with(&mut bytes, Some(&KEY), |host| {
            for body in &sent {
                host.raw(body, |reply| {
                    assert!(matches!(reply, Reply::Refused(Reason::Counter { .. })), "{reply:?}");
                });
            }
        });
    }
}
