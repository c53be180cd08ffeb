package batch_test

import (
	"testing"

	"yanming/internal/uitest"
	"yanming/internal/web/batch"
	"yanming/internal/web/page/pagetest"
)

func TestMain(m *testing.M) { uitest.Main(m) }

func TestPagesInBothLanguages(t *testing.T) {
	site := pagetest.Site(t, "https://yn.example", nil)
	set, samples := batch.Samples(t, site)
	pagetest.Check(t, set, samples)
}
