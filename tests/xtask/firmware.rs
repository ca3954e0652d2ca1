//! Builds programs of the firmware.

use std::path::PathBuf;
use std::process::Command;

use crate::place;
use crate::shell::{cargo, output};

/// What a program is built for.
#[derive(Clone, Copy)]
pub struct Build {
    /// Tells its image from those of other builds.
    pub name: &'static str,
    pub target: &'static str,
    /// The board, if it is not the target's default.
    pub board: Option<&'static str>,
    pub features: &'static str,
    /// Of cargo: `firmware`, fast, or `product`, small.
    pub profile: &'static str,
}

/// Cortex-M4F.
pub const M4F: Build = Build {
    name: "f32",
    target: "thumbv7em-none-eabihf",
    board: None,
    features: "",
    profile: "firmware",
};
/// Cortex-M4F, small.
pub const M4F_PRODUCT: Build = Build { name: "f32-product", profile: "product", ..M4F };
/// Cortex-M3, in Q16.16.
pub const M3: Build = Build { name: "q16", target: "thumbv7m-none-eabi", features: "q16", ..M4F };
/// Cortex-M33.
pub const M33: Build = Build { name: "m33", target: "thumbv8m.main-none-eabihf", ..M4F };
/// Cortex-M0, floats in software.
pub const M0: Build = Build { name: "m0", target: "thumbv6m-none-eabi", ..M4F };
/// Cortex-M0, floats in software, small.
pub const M0_FLOATS: Build =
    Build { name: "m0-f32-product", target: "thumbv6m-none-eabi", ..M4F_PRODUCT };
/// Cortex-M0, in Q16.16, small.
pub const M0_PRODUCT: Build =
    Build { name: "m0-product", target: "thumbv6m-none-eabi", features: "q16", ..M4F_PRODUCT };
/// A board with a Cortex-M4F that is not emulated.
pub const NRF52840: Build = Build { name: "nrf52840", board: Some("nrf52840"), ..M4F_PRODUCT };
/// Another.
pub const STM32F411: Build = Build { name: "stm32f411", board: Some("stm32f411"), ..M4F_PRODUCT };

impl Build {
    /// Builds a program with the factory head that is committed, and gives its image.
    ///
    /// # Errors
    /// What cargo, or the file system, complains about.
    pub fn program(&self, program: &str) -> Result<PathBuf, String> {
        self.program_with(cargo(), program)
    }

    /// The same with a `cargo` of the caller's making.
    ///
    /// # Errors
    /// As [`Build::program`].
    pub fn program_with(&self, mut build: Command, program: &str) -> Result<PathBuf, String> {
        build.args(["build", "-q", "-p", "fejer-firmware", "--bin", program, "--locked"]);
        build.args(["--profile", self.profile, "--target", self.target]);
        build.args(["--features", self.features]);
        match self.board {
            Some(board) => build.env("FEJER_BOARD", board),
            None => build.env_remove("FEJER_BOARD"),
        };
        let built = output(&mut build).map_err(|stop| stop.line)?;
        if !built.status.success() {
            return Err(String::from_utf8_lossy(&built.stderr).trim().to_owned());
        }
        let image = place::target().join(self.target).join(self.profile).join(program);
        // Kept apart, so that the next build cannot change it under a running device.
        let kept = place::target().join("fejer").join(format!("{program}-{}.elf", self.name));
        let copy = || {
            std::fs::create_dir_all(kept.parent().unwrap_or(&kept))?;
            std::fs::copy(&image, &kept)
        };
        copy().map_err(|error| format!("{}: {error}", image.display()))?;
        Ok(kept)
    }
}
