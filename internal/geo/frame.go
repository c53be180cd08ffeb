package geo

import "math"

// degree is one degree in radians.
const degree = math.Pi / 180

// Frame maps places to a drawing of a given size, y growing downward, with true proportions at its middle latitude.
type Frame struct {
	west, north float64 // units
	k, scale    float64
	dx, dy      float64
}

// Fit returns the frame that puts box in the middle of a drawing of w × h with pad left free on each side.
func Fit(box Box, w, h, pad float64) Frame {
	k := math.Cos(float64(box.Min.Lat+box.Max.Lat) / 2 / unit * degree)
	bw, bh := float64(box.Max.Lon-box.Min.Lon)*k, float64(box.Max.Lat-box.Min.Lat)
	scale := math.Inf(1)
	if bw > 0 {
		scale = (w - 2*pad) / bw
	}
	if bh > 0 {
		scale = min(scale, (h-2*pad)/bh)
	}
	if math.IsInf(scale, 0) { // a single place: it stands in the middle
		scale = 0
	}
	return Frame{
		west: float64(box.Min.Lon), north: float64(box.Max.Lat), k: k, scale: scale,
		dx: (w - bw*scale) / 2, dy: (h - bh*scale) / 2,
	}
}

// XY returns where p stands in the drawing.
func (f Frame) XY(p Point) [2]float64 {
	return [2]float64{
		f.dx + (float64(p.Lon)-f.west)*f.k*f.scale,
		f.dy + (f.north-float64(p.Lat))*f.scale,
	}
}

// Rings returns every ring of s in the drawing, outer rings and holes alike, for filling by the even-odd rule.
func (f Frame) Rings(s Shape) [][][2]float64 {
	var out [][][2]float64
	s.rings(func(r Ring) {
		line := make([][2]float64, len(r))
		for i, p := range r {
			line[i] = f.XY(p)
		}
		out = append(out, line)
	})
	return out
}
