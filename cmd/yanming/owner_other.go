//go:build !unix

package main

// owned refuses nothing: on Windows a folder gives its rights to whatever is made in it.
func owned(string) error { return nil }
