//! Numbers and names as a reader wants them.

/// Text made safe for HTML and SVG, attributes included.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            other => safe.push(other),
        }
    }
    safe
}

/// A share as a percentage; never rounded up to 100.
pub(super) fn percent(share: f64) -> String {
    if !share.is_finite() {
        return "–".into();
    }
    match share * 100.0 {
        all if all >= 100.0 => "100 %".into(),
        nearly if nearly > 99.9 => format!("{:.2} %", nearly.min(99.99)),
        part => format!("{part:.1} %"),
    }
}

/// A small positive quantity: `2.4 × 10⁻⁷`.
pub(super) fn scientific(value: f64) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    if value == 0.0 {
        return "0".into();
    }
    if (0.01..1000.0).contains(&value.abs()) {
        return format!("{value:.3}");
    }
    let text = format!("{value:.1e}");
    match text.split_once('e') {
        Some((digits, exponent)) => format!("{digits} × 10{}", superscript(exponent)),
        None => text,
    }
}

/// A power of ten: `10⁻⁶`.
pub(super) fn power_of_ten(exponent: i32) -> String {
    format!("10{}", superscript(&exponent.to_string()))
}

fn superscript(digits: &str) -> String {
    let raised = |digit| match digit {
        '-' => '⁻',
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        other => other,
    };
    digits.chars().map(raised).collect()
}

/// Thousands apart: `31 204`, with spaces that do not break.
pub(super) fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// Bytes, in KiB from 10 KiB on.
pub(super) fn bytes(value: u64) -> String {
    if value < 10 * 1024 {
        format!("{} B", grouped(value))
    } else {
        format!("{:.1} KiB", value as f64 / 1024.0)
    }
}
