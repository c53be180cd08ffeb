package demo

import (
	"fmt"
	"math/rand/v2"
)

// dice returns the random numbers of one part of the demo, which the others do not disturb.
func dice(seed uint64, part uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, part)) }

// The parts of the demo that have dice of their own; stories have the numbers from stories on.
const (
	diceNames = iota
	dicePhones
	diceLand
	diceStories = 1000
)

const (
	surnames = "赵钱孙李周吴郑冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹喻柏苏潘葛范彭鲁韦马苗方任袁柳史唐薛雷贺汤罗毕郝安常于傅齐康余顾孟黄穆萧尹姚邵汪毛禹狄米贝戴宋庞熊纪舒屈项祝董梁杜阮席季贾路江童颜郭梅盛林钟徐骆高夏蔡田樊胡凌霍虞万"
	firsts   = "云禾若景知青雨书明思佳文晓春秋冬砚望星牧溪岚竹松棠芷兰清远安平乐田"
	seconds  = "舟川溪岚田桥竹松棠禾苗枝荷渠石岸洲亭岭野麦穗谷雪晴朗和宁月辰原泽坪林塘"
)

// names gives every person of the demo a name of their own, made up of syllables.
type names struct {
	rnd   *rand.Rand
	given map[string]bool
}

func newNames(seed uint64) *names {
	return &names{rnd: dice(seed, diceNames), given: map[string]bool{}}
}

func (n *names) next() string {
	pick := func(s string) string {
		r := []rune(s)
		return string(r[n.rnd.IntN(len(r))])
	}
	for {
		first, second := pick(firsts), pick(seconds)
		name := pick(surnames) + first + second
		if first != second && !n.given[name] {
			n.given[name] = true
			return name
		}
	}
}

// tails are how every telephone of the demo ends. The last two digits of a receipt are a check of 02 to 98, so none
// ends like a telephone.
var tails = []string{"00", "01", "99"}

// phones gives residents mobile numbers of a range that is not assigned: 100 0000 xxxx.
type phones struct {
	order []int
	used  int
}

func newPhones(seed uint64) *phones {
	return &phones{order: dice(seed, dicePhones).Perm(100 * len(tails))}
}

func (p *phones) next() string {
	n := p.order[p.used%len(p.order)]
	p.used++
	return fmt.Sprintf("1000000%02d%s", n/len(tails), tails[n%len(tails)])
}

// officePhone is the n-th office telephone of a place: area code and first digits belong to nobody.
func officePhone(place, n int) string {
	return fmt.Sprintf("0000-6000%d%d%s", place, n/len(tails)%10, tails[n%len(tails)])
}
