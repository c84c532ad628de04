//! The marks of a series: its colour, and a shape beside it for whoever does not see the colour.

/// How many colours there are; a further series takes the first again.
const COLOURS: usize = 6;

/// The number of a series in class names, from 1.
pub(super) fn colour(series: usize) -> usize {
    series % COLOURS + 1
}

/// A point of a line: circle, square, diamond, triangle in turn.
pub(super) fn point(series: usize, x: f64, y: f64, radius: f64, inside: &str) -> String {
    let class = colour(series);
    match series % 4 {
        0 => format!(
            "<circle class=\"f{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\">{inside}</circle>"
        ),
        1 => {
            let (left, top, side) = (x - radius, y - radius, radius * 2.0);
            format!(
                "<rect class=\"f{class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{side:.1}\" height=\"{side:.1}\">{inside}</rect>"
            )
        }
        2 => {
            let r = radius * 1.3;
            let (left, right, top, bottom) = (x - r, x + r, y - r, y + r);
            format!(
                "<path class=\"f{class}\" d=\"M{x:.1} {top:.1}L{right:.1} {y:.1}L{x:.1} {bottom:.1}L{left:.1} {y:.1}Z\">{inside}</path>"
            )
        }
        _ => {
            let r = radius * 1.2;
            let (left, right, top, bottom) = (x - r, x + r, y - r, y + r);
            format!(
                "<path class=\"f{class}\" d=\"M{x:.1} {top:.1}L{right:.1} {bottom:.1}L{left:.1} {bottom:.1}Z\">{inside}</path>"
            )
        }
    }
}

/// A filled rectangle; one that has no area is not drawn.
pub(super) fn rectangle(series: usize, place: [f64; 4], inside: &str) -> String {
    let [x, y, width, height] = place;
    if width < 0.05 || height < 0.05 {
        return String::new();
    }
    let class = colour(series);
    format!(
        "<rect class=\"f{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"1.5\">{inside}</rect>\n"
    )
}
