%% Tags every grob that LilyPond draws, for `svg.py`: an engraver gives each grob a procedure as its
%% `output-attributes`. LilyPond calls it as it draws, after line breaking, once for each broken piece,
%% so that systems, directions and positions are known; all values are numbers or plain names.

#(use-modules (srfi srfi-1) (ice-9 format))

#(define notehead-ids (make-weak-key-hash-table))
#(define notehead-count 0)

#(define (notehead-number! table key)
   "The number of a context in its table, counted in the order in which they appear."
   (or (hashq-ref table key)
       (let ((number (hash-count (const #t) table)))
         (hashq-set! table key number)
         number)))

#(define (notehead-id grob)
   (or (hashq-ref notehead-ids grob)
       (and (ly:grob-original grob) (hashq-ref notehead-ids (ly:grob-original grob)))
       -1))

#(define (notehead-array grob name)
   (let ((found (ly:grob-object grob name #f)))
     (cond ((ly:grob-array? found) (ly:grob-array->list found))
           ((ly:grob? found) (list found))
           (else '()))))

#(define (notehead-name grob)
   (assq-ref (ly:grob-property grob 'meta) 'name))

#(define (notehead-heads grob depth)
   "The note heads and rests that a grob belongs to, or is."
   (define (of grobs) (append-map (lambda (found) (notehead-heads found (1- depth))) grobs))
   (define (parents) (of (filter ly:grob? (list (ly:grob-parent grob X) (ly:grob-parent grob Y)))))
   (if (or (not (ly:grob? grob)) (< depth 0))
       '()
       (case (notehead-name grob)
         ((NoteHead Rest MultiMeasureRest Clef CueClef CueEndClef) (list grob))
         ((Stem) (append (notehead-array grob 'note-heads) (of (notehead-array grob 'rests))))
         ((NoteColumn) (append (notehead-array grob 'note-heads) (of (notehead-array grob 'rest))))
         ((Beam) (of (notehead-array grob 'stems)))
         ((Arpeggio) (of (notehead-array grob 'stems)))
         ((StemTremolo) (of (notehead-array grob 'stem)))
         ((TupletBracket) (of (notehead-array grob 'note-columns)))
         ((TupletNumber) (of (notehead-array grob 'bracket)))
         ((Flag) (of (list (ly:grob-parent grob X))))
         ((Slur PhrasingSlur Tie LaissezVibrerTie Glissando TrillSpanner)
          (if (ly:spanner? grob)
              (of (list (ly:spanner-bound grob LEFT) (ly:spanner-bound grob RIGHT)))
              (parents)))
         ((Dots Accidental AccidentalCautionary AccidentalSuggestion) (of (list (ly:grob-parent grob Y))))
         ((Script Fingering ScriptColumn ClefModifier) (parents))
         (else '()))))

#(define (notehead-of grob)
   (string-join
    (map number->string
         (delete-duplicates (filter (lambda (id) (>= id 0)) (map notehead-id (notehead-heads grob 4)))))
    " "))

#(define (notehead-exact number)
   (if (and (number? number) (exact? number) (rational? number)) (number->string number) ""))

#(define (notehead-real value)
   (if (and (number? value) (rational? value)) (format #f "~,4f" (exact->inexact value)) ""))

#(define (notehead-system grob)
   (let ((system (ly:grob-system grob)))
     (if (ly:grob? system) (car (ly:grob-spanned-column-rank-interval system)) -1)))

#(define (notehead-tags name id staff voice bar now place shift)
   "The procedure that LilyPond calls for the attributes of a grob."
   (lambda (grob)
     (let* ((event (event-cause grob))
            (pitch (and event (ly:event-property event 'pitch #f)))
            (pitch (and (ly:pitch? pitch) pitch))
            (length (and event (ly:event-property event 'length #f)))
            (length (and (ly:moment? length) length))
            (direction (ly:grob-property grob 'direction #f))
            (gap (ly:grob-property grob 'gap-count #f)))
       `((class . ,name)
         (id . ,id)
         (data-system . ,(notehead-system grob))
         (data-staff . ,staff)
         (data-voice . ,voice)
         (data-bar . ,bar)
         (data-onset . ,(notehead-exact (ly:moment-main now)))
         (data-grace . ,(notehead-exact (ly:moment-grace now)))
         (data-place . ,(if (ly:moment? place) (notehead-exact (ly:moment-main place)) ""))
         (data-length . ,(if length
                             (notehead-exact (+ (ly:moment-main length) (ly:moment-grace length)))
                             ""))
         (data-step . ,(if pitch (+ (* 7 (ly:pitch-octave pitch)) (ly:pitch-notename pitch)) ""))
         (data-alter . ,(if pitch (notehead-exact (* 2 (ly:pitch-alteration pitch))) ""))
         (data-shift . ,(if (integer? shift) shift 0))
         (data-position . ,(notehead-real (ly:grob-property grob 'staff-position #f)))
         (data-direction . ,(if (number? direction) (notehead-real direction) ""))
         (data-gap . ,(if (integer? gap) gap 0))
         (data-grow . ,(notehead-real (ly:grob-property grob 'grow-direction #f)))
         (data-heads . ,(notehead-of grob))))))

#(define (notehead-parent context name)
   (cond ((not (ly:context? context)) #f)
         ((memq (ly:context-name context) name) context)
         (else (notehead-parent (ly:context-parent context) name))))

#(define (notehead-tagger context)
   (let ((staves (make-hash-table)) (voices (make-hash-table)))
     (make-engraver
      (acknowledgers
       ((grob-interface engraver grob source)
        (let* ((home (ly:translator-context source))
               (staff (notehead-parent home '(Staff DrumStaff RhythmicStaff TabStaff)))
               (voice (notehead-parent home '(Voice DrumVoice TabVoice CueVoice)))
               (name (notehead-name grob)))
          (hashq-set! notehead-ids grob notehead-count)
          (ly:grob-set-property!
           grob 'output-attributes
           (notehead-tags
            name notehead-count
            (if staff (notehead-number! staves staff) -1)
            (if voice (notehead-number! voices voice) -1)
            (ly:context-property context 'currentBarNumber 0)
            (ly:context-current-moment context)
            (ly:context-property context 'measurePosition #f)
            (if staff (ly:context-property home 'middleCOffset 0) 0)))
          (set! notehead-count (1+ notehead-count))))))))

%% LilyPond's SVG has glyphs as paths, which it looks for in text files of its fonts, over and over: most
%% of its time. Here glyphs are written by name.

#(define notehead-outputters (@@ (lily output-svg) stencil-dispatch-alist))
#(define notehead-font-name (@@ (lily) font-name-style))
#(define notehead-font-size (@@ (lily) modified-font-metric-font-scaling))
#(define notehead-unit-length 1.7573)

#(define (notehead-glyph font size name x y)
   (format #f "<glyph font=\"~a\" size=\"~,4f\" name=\"~a\" x=\"~,4f\" y=\"~,4f\"/>\n" font size name x y))

#(define (notehead-named-glyph font name)
   (notehead-glyph (notehead-font-name font) (notehead-font-size font) name 0.0 0.0))

#(define (notehead-glyph-string pango-font font size cid glyphs . rest)
   (let ((advance 0.0) (font (notehead-font-name font)) (size (/ size notehead-unit-length)))
     (string-concatenate
      (map (lambda (glyph)
             (let ((x (+ advance (third glyph))))
               (set! advance (+ advance (first glyph)))
               (notehead-glyph font size (last glyph) x (- (fourth glyph)))))
           glyphs))))

#(define (notehead-replace! name wrap)
   (let ((entry (assq name notehead-outputters)))
     (set-cdr! entry (wrap (cdr entry)))))

#(notehead-replace! 'named-glyph (const notehead-named-glyph))
#(notehead-replace! 'glyph-string (const notehead-glyph-string))
#(notehead-replace!
  'set-unit-length
  (lambda (usual) (lambda (length) (set! notehead-unit-length length) (usual length))))
