//! Holds the kernels of this target to the bits of the portable ones; exit code 1 if they differ.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("twins is firmware: `cargo xtask test` and the device bench run it");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
mod device {
    use defmt::println;
    use fejer_firmware::board;
    use fejer_firmware::twins::{Difference, compare_all};

    #[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
    #[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
    fn main() -> ! {
        board::exit(match compare_all() {
            Ok(comparisons) => {
                println!("twins comparisons={=u32}", comparisons);
                0
            }
            Err(Difference { pass, scalar, rows, features, outputs }) => {
                println!(
                    "differs pass={=str} scalar={=str} rows={=usize} features={=usize} \
                     outputs={=usize}",
                    pass, scalar, rows, features, outputs
                );
                1
            }
        })
    }
}
