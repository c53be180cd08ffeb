package blob

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/image/webp"

	"yanming/internal/errs"
)

// Limits are those of a photo. A zero field is its default.
type Limits struct {
	Bytes  int64 // of the upload: 12 MB
	Pixels int   // of the upload: 50 million
	Side   int   // longest side of the upload: 12,000 pixels
	Out    int   // longest side of what is kept: 1,600 pixels
	Kept   int   // bytes of what is kept: 300 KB
}

func (l Limits) filled() Limits {
	fill := func(v *int, def int) {
		if *v == 0 {
			*v = def
		}
	}
	if l.Bytes == 0 {
		l.Bytes = 12 << 20
	}
	fill(&l.Pixels, 50_000_000)
	fill(&l.Side, 12_000)
	fill(&l.Out, 1600)
	fill(&l.Kept, kept)
	return l
}

// memory is the most a decoded photo may take. Above half of it a photo is decoded alone.
const memory = 256 << 20

// kept is how many bytes of a photo are kept at most.
const kept = 300 << 10

// handy is how many bytes of a photo are taken into memory while it arrives. What a browser made smaller fits.
const handy = 384 << 10

// Photo reads a photo (JPEG, PNG, WebP or the first frame of a GIF) and returns it as a JPEG that fits the limits, without
// EXIF, XMP, colour profile or thumbnail. A JPEG that is upright and small enough, as browsers send it, keeps its
// pixels as they are and loses the rest (strip). Anything else is decoded and encoded anew: turned the way it was taken,
// on white where it was transparent. Its size is looked at before; two are decoded at once, others wait until ctx ends.
// While a large one arrives it lies in a temporary file: a slow visitor takes no more memory than a small one has. Two
// large ones are in memory at once.
// Errors: Invalid field "photo": blob.big, blob.empty, blob.heic, blob.photo_kind, blob.photo_pixels, blob.photo_broken;
// Unavailable where there is no room for it.
func (s *Store) Photo(ctx context.Context, r io.Reader, l Limits) ([]byte, error) {
	l = l.filled()
	r = &reader{ctx, r}
	head := s.heads.Get().(*[handy]byte)
	defer s.heads.Put(head)
	n, all, err := fill(head[:], r)
	switch {
	case err != nil:
		return nil, fmt.Errorf("take photo: %w", trouble(err))
	case int64(n) > l.Bytes:
		return nil, tooBig("photo", l.Bytes)
	case n == 0:
		return nil, errs.Field("photo", "blob.empty")
	case !all:
		return s.large(ctx, io.MultiReader(bytes.NewReader(head[:n]), r), l)
	}
	room := s.rooms.Get().(*[kept]byte)
	if out, ok := strip(room[:0], head[:n], l); ok {
		return out, nil
	}
	s.rooms.Put(room)
	return s.anew(ctx, head[:n], l)
}

// Done gives back the memory of a photo that Photo returned, and that nobody uses any more. It need not be called.
func (s *Store) Done(photo []byte) {
	if cap(photo) == kept {
		s.rooms.Put((*[kept]byte)(photo[:kept]))
	}
}

// fill reads into b until it is full or r ends, and reports whether r ended.
func fill(b []byte, r io.Reader) (n int, ended bool, err error) {
	for n < len(b) {
		m, err := r.Read(b[n:])
		n += m
		if err == io.EOF {
			return n, true, nil
		}
		if err != nil {
			return n, false, err
		}
	}
	return n, false, nil
}

// large is Photo of one that does not fit into a handy piece of memory.
func (s *Store) large(ctx context.Context, r io.Reader, l Limits) ([]byte, error) {
	f, size, err := s.spool(r, l.Bytes)
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := s.reads.Acquire(ctx, 1); err != nil {
		return nil, fmt.Errorf("wait for a photo's turn: %w", err)
	}
	defer s.reads.Release(1)
	b := make([]byte, size)
	if _, err := f.ReadAt(b, 0); err != nil {
		return nil, fmt.Errorf("read photo: %w", trouble(err))
	}
	return s.anew(ctx, b, l)
}

// anew decodes a photo and encodes it again.
func (s *Store) anew(ctx context.Context, b []byte, l Limits) ([]byte, error) {
	media, err := Sniff(b)
	if err != nil || !isPhoto(media) {
		if all := errs.All(err); len(all) == 1 && all[0].Key == "blob.heic" {
			return nil, errs.Field("photo", "blob.heic")
		}
		return nil, errs.Field("photo", "blob.photo_kind")
	}
	c, err := config(media, b)
	if err != nil || c.Width < 1 || c.Height < 1 {
		return nil, broken(err)
	}
	if media == "image/jpeg" && bytes.Count(b, []byte{0xFF, mSOS}) > 4*maxScans { // each goes through all of the picture
		return nil, broken(nil)
	}
	each := cost(media, b, c)
	pixels, most := int64(c.Width)*int64(c.Height), min(int64(l.Pixels), memory/each)
	if c.Width > l.Side || c.Height > l.Side || pixels > most {
		return nil, errs.Field("photo", "blob.photo_pixels", most/1_000_000, l.Side)
	}
	small, err := s.decode(ctx, media, b, pixels*each, l.Out)
	if err != nil {
		return nil, err
	}
	return fit(turn(small, orientation(media, b)), l.Kept)
}

// spool keeps what r holds in a temporary file, which the caller closes and removes.
func (s *Store) spool(r io.Reader, limit int64) (*os.File, int64, error) {
	f, err := os.CreateTemp(filepath.Join(s.dir, tempDir), "*")
	if err != nil {
		return nil, 0, fmt.Errorf("take photo: %w", trouble(err))
	}
	size, err := io.Copy(f, io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		err = fmt.Errorf("take photo: %w", trouble(err))
	case size > limit:
		err = tooBig("photo", limit)
	}
	if err != nil {
		f.Close()
		os.Remove(f.Name())
		return nil, 0, err
	}
	return f, size, nil
}

func isPhoto(media string) bool {
	switch media {
	case "image/jpeg", "image/png", "image/webp", "image/gif":
		return true
	}
	return false
}

func broken(cause error) error {
	err := errs.Field("photo", "blob.photo_broken")
	if cause != nil {
		err = fmt.Errorf("%w: %w", err, cause)
	}
	return err
}

func config(media string, b []byte) (image.Config, error) {
	switch r := bytes.NewReader(b); media {
	case "image/jpeg":
		return jpeg.DecodeConfig(r)
	case "image/png":
		return png.DecodeConfig(r)
	case "image/gif":
		return gif.DecodeConfig(r)
	default:
		return webp.DecodeConfig(r)
	}
}

// cost is how many bytes decoding takes for each pixel, at most.
func cost(media string, b []byte, c image.Config) int64 {
	switch {
	case media == "image/jpeg" && progressive(b): // coefficients of each channel in 32 bits, and the channels
		if c.ColorModel == color.CMYKModel {
			return 20
		}
		return 15
	case c.ColorModel == color.RGBA64Model || c.ColorModel == color.NRGBA64Model:
		return 8
	case media == "image/webp":
		return 5
	}
	return 4
}

func (s *Store) decode(ctx context.Context, media string, b []byte, need int64, out int) (*image.RGBA, error) {
	weight := int64(1)
	if need > memory/2 {
		weight = 2
	}
	if err := s.decodes.Acquire(ctx, weight); err != nil {
		return nil, fmt.Errorf("wait for a photo's turn: %w", err)
	}
	defer s.decodes.Release(weight)
	var m image.Image
	var err error
	switch r := bytes.NewReader(b); media {
	case "image/jpeg":
		m, err = jpeg.Decode(r)
	case "image/png":
		m, err = png.Decode(r)
	case "image/gif":
		m, err = gif.Decode(r) // the first frame
	default:
		m, err = webp.Decode(r)
	}
	if err != nil {
		return nil, broken(err)
	}
	if m.Bounds().Empty() {
		return nil, broken(nil)
	}
	return shrink(m, out), nil
}

// fit encodes m in at most limit bytes: first at lower quality, then smaller.
func fit(m *image.RGBA, limit int) ([]byte, error) {
	for {
		for _, quality := range []int{82, 74, 66, 58} {
			var b bytes.Buffer
			if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
				return nil, fmt.Errorf("encode photo: %w", err)
			}
			longest := max(m.Bounds().Dx(), m.Bounds().Dy())
			if b.Len() <= limit || longest <= 64 {
				return b.Bytes(), nil
			}
		}
		m = shrink(m, max(m.Bounds().Dx(), m.Bounds().Dy())*4/5)
	}
}
