package register_test

import (
	"testing"

	"yanming/internal/casework"
	"yanming/internal/register"
)

// TestASlashInBracketsIsNoGroup: a column says in its name how it is filled in.
func TestASlashInBracketsIsNoGroup(t *testing.T) {
	a := read(t, town(t), "x.csv", "村,意见内容,整改完成情况（完成/未完成）,村民/代表签收\n柳岸村,路灯不亮,完成,是\n荷塘村,水渠堵了,看情况,否\n")
	if f := a.plan.Columns[2].Field; f != register.Status {
		t.Fatalf("taken for %q", f)
	}
	if got := a.rows[0].Cases[0].Past.Outcome; got != casework.Resolved {
		t.Errorf("it came to %q", got)
	}
	if got := a.rows[1].Cases[0].Past.Note; got != "村民/代表签收：否\n整改完成情况（完成/未完成）：看情况" {
		t.Errorf("a column is called otherwise: %q", got)
	}
}
