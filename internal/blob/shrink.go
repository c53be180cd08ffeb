package blob

import (
	"image"
	"image/color"
	"image/draw"
)

// band is how many rows of a photo are converted at once.
const band = 16

// shrink returns src on white with its longer side at most side pixels. Each new pixel is the mean of the area it
// covers, so that print on a photographed paper stays readable. It needs one band of src more, whatever its size.
func shrink(src image.Image, side int) *image.RGBA {
	b := src.Bounds()
	w, h := b.Dx(), b.Dy()
	dw, dh := w, h
	if longest := max(w, h); longest > side {
		dw, dh = max(1, w*side/longest), max(1, h*side/longest)
	}
	dst := image.NewRGBA(image.Rect(0, 0, dw, dh))
	if dw == w && dh == h {
		draw.Draw(dst, dst.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.Draw(dst, dst.Bounds(), src, b.Min, draw.Over)
		return dst
	}
	a := newArea(dst, w, h)
	strip := image.NewRGBA(image.Rect(0, 0, w, band))
	for y := 0; y < h; y += band {
		n := min(band, h-y)
		part := image.Rect(0, 0, w, n)
		draw.Draw(strip, part, image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.Draw(strip, part, src, image.Pt(b.Min.X, b.Min.Y+y), draw.Over)
		for i := range n {
			a.add(strip.Pix[i*strip.Stride:i*strip.Stride+4*w], y+i)
		}
	}
	return dst
}

// area gathers rows of a source of w × h pixels into a smaller dst.
type area struct {
	dst  *image.RGBA
	w, h int
	row  []float32 // one source row at the width of dst, three channels
	sum  []float32 // the row of dst that is being gathered
	y    int
}

func newArea(dst *image.RGBA, w, h int) *area {
	n := 3 * dst.Bounds().Dx()
	return &area{dst: dst, w: w, h: h, row: make([]float32, n), sum: make([]float32, n)}
}

// add takes source row y, in order from the first to the last.
func (a *area) add(pix []byte, y int) {
	a.across(pix)
	// In units of 1/h of a new row: source row y covers y·dh to (y+1)·dh, new row a.y covers a.y·h to (a.y+1)·h.
	dh := a.dst.Bounds().Dy()
	for from, to := y*dh, (y+1)*dh; from < to; {
		end := min(to, (a.y+1)*a.h)
		weight := float32(end-from) / float32(a.h)
		for i, v := range a.row {
			a.sum[i] += weight * v
		}
		if from = end; from == (a.y+1)*a.h {
			a.flush()
		}
	}
}

// across shrinks one row.
func (a *area) across(pix []byte) {
	clear(a.row)
	dw, x := a.dst.Bounds().Dx(), 0
	for s := range a.w {
		r, g, b := float32(pix[4*s]), float32(pix[4*s+1]), float32(pix[4*s+2])
		for from, to := s*dw, (s+1)*dw; from < to; {
			end := min(to, (x+1)*a.w)
			weight := float32(end-from) / float32(a.w)
			a.row[3*x] += weight * r
			a.row[3*x+1] += weight * g
			a.row[3*x+2] += weight * b
			if from = end; from == (x+1)*a.w {
				x++
			}
		}
	}
}

func (a *area) flush() {
	out := a.dst.Pix[a.y*a.dst.Stride:]
	for x := range a.dst.Bounds().Dx() {
		for c := range 3 {
			out[4*x+c] = byte(min(255, a.sum[3*x+c]+0.5))
		}
		out[4*x+3] = 255
	}
	clear(a.sum)
	a.y++
}

// turn applies an EXIF orientation (1 to 8; others do nothing).
func turn(m *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return m
	}
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			var tx, ty int
			switch orientation {
			case 2: // mirrored
				tx, ty = w-1-x, y
			case 3: // upside down
				tx, ty = w-1-x, h-1-y
			case 4: // upside down, mirrored
				tx, ty = x, h-1-y
			case 5: // mirrored, then turned
				tx, ty = y, x
			case 6: // needs a quarter turn to the right
				tx, ty = h-1-y, x
			case 7: // mirrored, needs a quarter turn to the right
				tx, ty = h-1-y, w-1-x
			case 8: // needs a quarter turn to the left
				tx, ty = y, w-1-x
			}
			copy(out.Pix[ty*out.Stride+4*tx:][:4], m.Pix[y*m.Stride+4*x:][:4])
		}
	}
	return out
}
