package page

import (
	"bytes"
	"html/template"
	"io"
	"slices"
	"text/template/parse"
)

// The escapers that html/template puts behind what stands in an element, in an attribute in quotation marks, and in an
// element that holds no others. Where it puts another, or two, nothing is folded.
const (
	inElement = "_html_template_htmlescaper"
	inQuotes  = "_html_template_attrescaper"
	inRCDATA  = "_html_template_rcdataescaper"
)

// foldable are the functions that answer the same whenever they are asked with the same constants, and where what they
// answer is escaped as it is in an element.
var foldable = map[string][]string{"t": {inElement, inQuotes, inRCDATA}, "icon": {inElement}, "stylesheet": {inElement}}

// fold replaces, in a page that nobody has shown yet, each call of a foldable function with constants by what it answers,
// and puts texts side by side into one. Half of what a page says is the same whoever reads it, and to call a function from
// a template takes longer than to copy a whole paragraph.
func fold(t *template.Template, funcs template.FuncMap) error {
	t.Execute(io.Discard, nil) // fails for want of data, but only after the escapers are in their places
	for _, x := range t.Templates() {
		if x.Tree == nil {
			continue
		}
		f := folder{funcs: funcs}
		f.list(x.Tree.Root)
		if f.err != nil {
			return f.err
		}
	}
	return nil
}

// folder folds one template.
type folder struct {
	funcs template.FuncMap
	err   error
}

func (f *folder) list(l *parse.ListNode) {
	if l == nil {
		return
	}
	out := l.Nodes[:0]
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.IfNode:
			f.branch(&n.BranchNode)
		case *parse.RangeNode:
			f.branch(&n.BranchNode)
		case *parse.WithNode:
			f.branch(&n.BranchNode)
		}
		if a, ok := n.(*parse.ActionNode); ok {
			if text := f.constant(a); text != nil {
				n = text
			}
		}
		if text, ok := n.(*parse.TextNode); ok && len(out) > 0 {
			if before, ok := out[len(out)-1].(*parse.TextNode); ok {
				before.Text = append(bytes.Clone(before.Text), text.Text...)
				continue
			}
		}
		out = append(out, n)
	}
	l.Nodes = out
}

func (f *folder) branch(b *parse.BranchNode) {
	f.list(b.List)
	f.list(b.ElseList)
}

// constant returns what an action always writes, nil where that depends on what is shown.
func (f *folder) constant(a *parse.ActionNode) *parse.TextNode {
	p := a.Pipe
	if p == nil || len(p.Decl) > 0 || len(p.Cmds) != 2 {
		return nil
	}
	name, ok := p.Cmds[0].Args[0].(*parse.IdentifierNode)
	escaper, known := p.Cmds[1].Args[0].(*parse.IdentifierNode)
	if !ok || !known || len(p.Cmds[1].Args) != 1 || !slices.Contains(foldable[name.Ident], escaper.Ident) {
		return nil
	}
	for _, arg := range p.Cmds[0].Args[1:] {
		switch arg.(type) {
		case *parse.StringNode, *parse.NumberNode, *parse.BoolNode:
		default:
			return nil
		}
	}
	t, err := template.New("").Funcs(f.funcs).Parse("{{" + p.Cmds[0].String() + "}}")
	var b bytes.Buffer
	if err == nil {
		err = t.Execute(&b, nil)
	}
	if err != nil {
		f.err = err
		return nil
	}
	return &parse.TextNode{NodeType: parse.NodeText, Pos: a.Pos, Text: b.Bytes()}
}
