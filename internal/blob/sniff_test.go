package blob_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"yanming/internal/blob"
)

func box(name, content string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(content)+8))) + name + content
}

// mp4 is a file with a track of each kind.
func mp4(brand string, kinds ...string) string {
	moov := ""
	for _, k := range kinds {
		moov += box("trak", box("mdia", box("hdlr", "\x00\x00\x00\x00\x00\x00\x00\x00"+k+strings.Repeat("\x00", 13))))
	}
	return box("ftyp", brand+"\x00\x00\x00\x00") + box("free", "xx") + box("moov", moov) + box("mdat", "sound")
}

func TestAFileIsWhatItsContentSays(t *testing.T) {
	frame := "\xFF\xFB\x90\x00" + strings.Repeat("\x00", 413) // MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes
	for content, want := range map[string]string{
		"\xFF\xD8\xFF\xE0xx":           "image/jpeg",
		"\x89PNG\r\n\x1a\nxx":          "image/png",
		"RIFF\x00\x00\x00\x00WEBPVP8 ": "image/webp",
		"GIF89a":                       "image/gif",
		"%PDF-1.4\n":                   "application/pdf",
		"#!AMR\nxx":                    "audio/amr",
		"#!AMR-WB\nxx":                 "audio/amr",
		"RIFF\x00\x00\x00\x00WAVEfmt ": "audio/wav",
		"ID3\x03\x00":                  "audio/mpeg",
		frame + frame:                  "audio/mpeg",
		mp4("M4A ", "soun"):            "audio/mp4",
		mp4("isom", "soun"):            "audio/mp4",
		"\x1A\x45\xDF\xA3\x9F\x42\x82\x84webm\x42\x87....A_OPUS":        "audio/webm",
		mp4("isom", "vide", "soun"):                                     "",
		mp4("isom"):                                                     "",
		"\x1A\x45\xDF\xA3\x9F\x42\x82\x84webm\x42\x87....V_VP9..A_OPUS": "",
		"\x1A\x45\xDF\xA3\x9F\x42\x82\x88matroska...A_OPUS":             "",
		"\xFF\xFB\x90\x00" + strings.Repeat("\x00", 600):                "",
		"\xFF\xFE<\x00h\x00t\x00m\x00l\x00":                             "", // UTF-16
		"MZ\x90\x00":                                                    "",
		"PK\x03\x04":                                                    "",
		"<html>":                                                        "",
		"\n%PDF-1.4":                                                    "",
		"":                                                              "",
		"\x00\x00\x00\x18ftyp":                                          "",
		"\xD0\xCF\x11\xE0\xA1\xB1":                                      "",
		"#!/bin/sh":                                                     "",
		"\x00\x00\x00\x00ftypM4A \x00":                                  "",
	} {
		media, err := blob.Sniff([]byte(content))
		if media != want || (err == nil) != (want != "") {
			t.Errorf("%.30q: %q %v, want %q", content, media, err, want)
		}
		if want == "" && key(err) != "file blob.kind" {
			t.Errorf("%.30q: %v", content, err)
		}
		if (blob.Extension(want) == "") != (want == "") {
			t.Errorf("%q has the ending %q", want, blob.Extension(want))
		}
	}
	if _, err := blob.Sniff([]byte(mp4("heic"))); key(err) != "file blob.heic" {
		t.Errorf("HEIC: %v", err)
	}
}

func TestReadAllKeepsToItsLimit(t *testing.T) {
	if b, err := blob.ReadAll(strings.NewReader("12345"), "file", 5); err != nil || string(b) != "12345" {
		t.Errorf("%q %v", b, err)
	}
	if _, err := blob.ReadAll(strings.NewReader("123456"), "file", 5); key(err) != "file blob.big" {
		t.Errorf("%v", err)
	}
	if _, err := blob.ReadAll(strings.NewReader(""), "paper", 5); key(err) != "paper blob.empty" {
		t.Errorf("%v", err)
	}
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte(mp4("isom", "soun")))
	f.Add([]byte("\xFF\xFB\x90\x00"))
	f.Add([]byte("\x00\x00\x00\x01ftyp\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"))
	f.Fuzz(func(t *testing.T, b []byte) {
		was := bytes.Clone(b)
		media, err := blob.Sniff(b)
		if (err == nil) != (blob.Extension(media) != "") || !bytes.Equal(b, was) {
			t.Fatalf("%q %v", media, err)
		}
	})
}
