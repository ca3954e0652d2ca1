//! The colours, once: (name, light, dark). `tests` holds every pair that carries text to WCAG's 4.5 : 1.

/// Colour names used as `var(--name)` in the style sheets.
pub(super) const COLOURS: &[(&str, &str, &str)] = &[
    ("ground", "#f6f7f9", "#0e1319"),
    ("card", "#ffffff", "#161d25"),
    ("ink", "#17212d", "#e8edf3"),
    ("muted", "#566273", "#9fb0c2"),
    ("rule", "#dce1e8", "#2b3642"),
    ("host", "#1b5fc1", "#6ea8ff"),
    ("host-band", "#d3e1f6", "#20324c"),
    ("device", "#b8430a", "#ff9a57"),
    ("good", "#17703f", "#5bd08f"),
    ("good-ground", "#e2f3e9", "#153024"),
    ("bad", "#b42318", "#ff8a80"),
    ("bad-ground", "#fce8e6", "#3b1a18"),
    // Heat of right decisions (1 faint to 5 full) and of wrong ones, and the text upon the two strongest.
    ("right-1", "#e6eefa", "#1a2739"),
    ("right-2", "#c4d8f5", "#213857"),
    ("right-3", "#98bbec", "#2a4d7e"),
    ("right-4", "#2f6cc6", "#6ea8ff"),
    ("right-5", "#1b55ad", "#92bdff"),
    ("wrong-1", "#fce9de", "#372318"),
    ("wrong-2", "#f8cdb4", "#573018"),
    ("wrong-3", "#f1a77c", "#7d3f15"),
    ("wrong-4", "#b8430a", "#ff9a57"),
    ("wrong-5", "#963405", "#ffb585"),
    ("on-heat", "#ffffff", "#0e1319"),
];

/// The colours as custom properties, for the page.
pub(super) fn variables() -> String {
    let list = |pick: fn(&(&str, &str, &str)) -> String| {
        COLOURS.iter().map(pick).collect::<Vec<_>>().join("")
    };
    let light = list(|(name, light, _)| format!("--{name}:{light};"));
    let dark = list(|(name, _, dark)| format!("--{name}:{dark};"));
    format!(
        ":root{{color-scheme:light dark;{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
    )
}

/// A style sheet with the colours written out, for viewers of SVG that know no custom properties.
pub(super) fn written_out(style: &str) -> String {
    let mut light_style = style.to_owned();
    let mut dark_style = style.to_owned();
    for (name, light, dark) in COLOURS {
        let variable = format!("var(--{name})");
        light_style = light_style.replace(&variable, light);
        dark_style = dark_style.replace(&variable, dark);
    }
    format!("{light_style}@media (prefers-color-scheme:dark){{\n{dark_style}}}\n")
}
