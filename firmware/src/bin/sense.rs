//! Reads a thermometer with the published driver `lm75`. A real board reads it every second; an
//! emulated one once, or with the word `on-request` whenever the host appends an `r` to `requests.bin`,
//! until it appends anything else.
//!
//! Exit codes: 2 `requests.bin` is missing; 4 the thermometer is, or fell silent.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("sense is firmware: build it with --target thumbv7em-none-eabihf");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
mod device {
    use defmt::{error, info};
    #[cfg(not(emulated))]
    use embedded_hal::delay::DelayNs as _;
    use fejer_firmware::board;
    use fejer_firmware::i2c;
    use lm75::Lm75;

    /// Address of a TMP105 or LM75 with its address pins low.
    const THERMOMETER: u8 = 0x48;

    enum Failure {
        #[cfg(emulated)]
        Requests,
        Thermometer(i2c::Error),
    }

    #[cfg(emulated)]
    impl From<board::NoRequests> for Failure {
        fn from(_: board::NoRequests) -> Self {
            Self::Requests
        }
    }

    #[cortex_m_rt::entry]
    fn main() -> ! {
        let (bus, name) = board::sensor_bus();
        let mut thermometer = Lm75::new(bus, THERMOMETER);
        let read = || match thermometer.read_temperature() {
            Ok(celsius) => {
                info!("temperature celsius={=f32}", celsius);
                Ok(())
            }
            Err(lm75::Error::I2C(why)) => Err(Failure::Thermometer(why)),
            Err(lm75::Error::InvalidInputData) => unreachable!("nothing was set"),
        };
        board::exit(match run(read) {
            Ok(()) => 0,
            #[cfg(emulated)]
            Err(Failure::Requests) => {
                error!("error: requests.bin cannot be read: create it before the device starts");
                2
            }
            Err(Failure::Thermometer(why)) => {
                error!(
                    "error: thermometer {=u8:#04x} on the {=str}: {=str}",
                    THERMOMETER,
                    name,
                    why.advice()
                );
                4
            }
        })
    }

    #[cfg(not(emulated))]
    fn run(mut read: impl FnMut() -> Result<(), Failure>) -> Result<(), Failure> {
        loop {
            read()?;
            board::Delay.delay_ms(1000);
        }
    }

    #[cfg(emulated)]
    fn run(mut read: impl FnMut() -> Result<(), Failure>) -> Result<(), Failure> {
        if !board::is_told("on-request") {
            return read();
        }
        let mut requests = board::Requests::open()?;
        info!("ready");
        while requests.wait()? == b'r' {
            read()?;
        }
        Ok(())
    }
}
