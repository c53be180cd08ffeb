package demo

import "yanming/internal/casework"

// story is one case of the demo: what was said, and how far it has come by now. All times are office time: days are
// working days, hours working hours.
type story struct {
	name string  // by which other stories and the guide call it; "" for most
	days float64 // how long ago it was said
	// accepted is how many calendar days ago it was accepted, 0 for what days say: a clock that counts calendar days.
	accepted int
	ch       casework.Channel
	kind     casework.Kind
	cat      string
	v, g     int // village and part grid, from 1; 0 for none
	firm     int // settled firm, from 1
	unit     string
	assist   string
	text     string
	title    string // "" takes the first words of the text
	note     string // what was done on the way
	answer   string
	hours    float64 // from signing to the answer, at least; 0 for a few
	until    end
	how      how
	why      string // reason of the end, or of what how says
	to       string // where the resident can go, where it was sent, the story it was joined to, or the second answer
	basis    string
	planned  int // days from now: the day of what is scheduled, the due day of what is soon
	outcome  casework.Outcome
	extra    map[string]string
}

// end is how far a story has come by now.
type end int

const (
	closed     end = iota // answered, called back, closed
	called                // the resident said it is solved; not closed yet
	tried                 // two call-backs reached nobody
	answered              // waits for its call-back
	scheduled             // answered: it is in a plan
	toAccept              // registered just now
	toDispatch            // accepted
	toSign                // dispatched
	working               // signed
	waiting               // for what the resident was asked for
	returning             // the unit says it is not its own
	askingTime            // the unit asks for an extension
	redoing               // sent back after a call-back, being handled again
	reopened              // closed, and taken up again for the resident
	declined
	forwarded
	linked
	withdrawn
)

// how says what happened on the way. Its values are added.
type how int

const (
	fixed        how = 1 << iota // registered and answered in one form
	late                         // answered after the due day
	extended                     // more time was asked for and granted
	returned                     // another unit had it first
	asked                        // the resident was asked for something and brought it
	urged                        // the resident asked for haste
	supervised                   // the inspection team put it under supervision
	redone                       // handled again after the first answer
	silent                       // nobody signed: silence counts as receipt
	soon                         // dispatched with a due day that is near
	own                          // the resident answers the call-back through the receipt
	neutral                      // is neither satisfied nor dissatisfied
	dissatisfied                 // solved, but too slowly
	published                    // agreed to have the title shown
	unsigned                     // gave no name
	unnamed                      // gave a name, to be kept from the unit
	private                      // its text under a key
	confided                     // in confidence
	slip                         // got a counter slip
)

func (h how) is(x how) bool { return h&x != 0 }
